package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// startServer starts the server in a process of its own, and gives its URL.
func startServer(ctx context.Context) (url string, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program, childServe)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

// serve is that process. It prints its URL and ends when its input does, which is at the latest when the
// process that started it has gone.
func serve(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	server := &http.Server{Handler: routes(base), ReadHeaderTimeout: time.Minute}
	stop := func() { _ = server.Close() }
	unlisten := context.AfterFunc(ctx, stop)
	defer unlisten()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		stop()
	}()
	if _, err := fmt.Fprintln(stdout, base); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// routes are /{shape}/identity/v3 and /{shape}/{endpoint} of each service.
func routes(base string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{shape}/identity/v3/auth/tokens", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Subject-Token", "bench")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(token(base + "/" + r.PathValue("shape") + "/"))
	})
	for _, s := range suites {
		for path, answer := range s.routes {
			mux.HandleFunc("GET /{shape}/"+s.endpoint+"/"+path, func(w http.ResponseWriter, r *http.Request) {
				offered, err := parseShape(r.PathValue("shape"))
				if err != nil {
					http.Error(w, err.Error(), http.StatusNotFound)
					return
				}
				time.Sleep(offered.delay)
				w.Header().Set("Content-Type", "application/json")
				answer(w, r, offered)
			})
		}
	}
	return mux
}

// token is what Keystone answers to a login, with the services of all suites.
func token(below string) any {
	type object = map[string]any
	var catalog []object
	for _, s := range suites {
		if s.service == "" {
			continue
		}
		catalog = append(catalog, object{"type": s.service, "name": s.service, "id": s.service, "endpoints": []object{
			{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "id": s.service, "url": below + s.endpoint},
		}})
	}
	domain := object{"id": "default", "name": "Default"}
	return object{"token": object{
		"methods":    []string{"password"},
		"issued_at":  time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
		"expires_at": time.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04:05.000000Z"),
		"user":       object{"id": "bench", "name": "bench", "domain": domain},
		"project":    object{"id": "bench", "name": "bench", "domain": domain},
		"roles":      []object{{"id": "admin", "name": "admin"}},
		"catalog":    catalog,
	}}
}
