package progress

import (
	"fmt"
	"strings"
	"time"
)

const (
	spinner  = `|/-\`
	barWidth = 20
)

// text is the line, in ASCII: terminals of all systems have it.
func (s stage) text(n int, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%c %s: ", spinner[n%len(spinner)], s.what)
	if s.all > 0 {
		full := barWidth * min(s.done, s.all) / s.all
		fmt.Fprintf(&b, "[%s%s] %d of %d %s, ", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), s.done, s.all, s.unit)
	}
	b.WriteString(counted(s.pages, "page"))
	if s.failed > 0 {
		b.WriteString(", " + counted(s.failed, "failed attempt"))
	}
	fmt.Fprintf(&b, ", %s", took.Truncate(interval))
	return b.String()
}

func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
