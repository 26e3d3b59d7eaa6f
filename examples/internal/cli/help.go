package cli

import (
	"fmt"
	"strings"
)

// help is what -h prints.
func (p Program) help(v Verb) string {
	var b strings.Builder
	if v.Name != "" {
		fmt.Fprintf(&b, "%s\n\n  %s\n", v.About, strings.Join(strings.Fields(p.Name+" "+v.Name+" [flags] "+v.Args), " "))
	} else {
		b.WriteString(strings.TrimSpace(p.About) + "\n")
		if len(p.Verbs) > 0 {
			fmt.Fprintf(&b, "\nCommands (%s COMMAND -h has the flags of each):\n", p.Name)
			for _, v := range p.Verbs {
				fmt.Fprintf(&b, "  %-10s %s\n", v.Name, v.About)
			}
		}
		b.WriteString("\nWithout -cloud, OS_CLOUD and OS_AUTH_URL it uses an embedded demo cloud.\n")
	}
	b.WriteString("\nFlags:\n")
	fs := flagSet(p.Name)
	v.setup(fs, &Env{})
	fs.SetOutput(&b)
	fs.PrintDefaults()
	return b.String()
}
