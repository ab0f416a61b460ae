// Package config is everything that can be set, in one place: defaults, then
// the environment. `taizhang config check` prints what is in force.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config of the program. Secrets are marked and never printed.
type Config struct {
	Listen      string        `env:"LISTEN" envDefault:"127.0.0.1:8080" help:"address of the page"`
	Address     string        `env:"PUBLIC_URL" help:"address of the page as browsers know it, https://host: the QR of printed forms leads there"`
	Data        string        `env:"TAIZHANG_DATA" envDefault:"data" help:"folder of taizhang up"`
	Connectors  string        `env:"CONNECTORS" help:"folder of the connectors' files; connectors in the data folder if empty"`
	Roads       string        `env:"ROADS" help:"folder of further versions of the road to a title (v2/case.json); roads in the data folder if empty"`
	Cache       string        `env:"TAIZHANG_CACHE" help:"folder of fetched programs; cache in the data folder if empty"`
	PGBinDir    string        `env:"PG_BINDIR" help:"folder of the PostgreSQL programs for taizhang up"`
	DatabaseURL string        `env:"DATABASE_URL" secret:"true" help:"database of taizhang serve, as the role taizhang_app"`
	OwnerURL    string        `env:"DATABASE_OWNER_URL" secret:"true" help:"the same database as its owner, for taizhang migrate"`
	Connections int           `env:"DATABASE_CONNECTIONS" envDefault:"16" help:"connections to the database"`
	S3Endpoint  string        `env:"S3_ENDPOINT" help:"host:port of the evidence store"`
	S3AccessKey string        `env:"S3_ACCESS_KEY" help:"its access key"`
	S3SecretKey string        `env:"S3_SECRET_KEY" secret:"true" help:"its secret key"`
	S3Secure    bool          `env:"S3_SECURE" help:"TLS to the evidence store"`
	S3Bucket    string        `env:"S3_BUCKET" envDefault:"evidence" help:"bucket of the evidence"`
	S3Staging   string        `env:"S3_STAGING_BUCKET" envDefault:"staging" help:"bucket of uploads under way"`
	TLS         bool          `env:"BEHIND_TLS" help:"TLS stands before the page: cookies are Secure"`
	Idle        time.Duration `env:"SESSION_IDLE" envDefault:"15m" help:"a session unused for so long is over"`
	Absolute    time.Duration `env:"SESSION_ABSOLUTE" envDefault:"8h" help:"a session this old is over"`
	LogLevel    string        `env:"LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
	Clock       bool          `env:"TAIZHANG_CLOCK" help:"the demonstration of taizhang up may be set forward in time (POST /api/v1/demo/clock); serve takes no heed of it"`
	DemoDays    int           `env:"DEMO_DAYS" envDefault:"60" help:"days the demonstration province has lived"`
	DemoSeed    int64         `env:"DEMO_SEED" envDefault:"1" help:"same seed, same province"`
	DemoPrisons int           `env:"DEMO_PRISONS" envDefault:"3" help:"prisons of the demonstration, 1 to 3"`
}

// Load reads a file of NAME=value lines, if TAIZHANG_CONFIG names one, then
// the environment, which goes over it.
func Load(environ []string) (Config, error) {
	vars := env.ToMap(environ)
	if file := vars["TAIZHANG_CONFIG"]; file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return Config{}, fmt.Errorf("configuration: %w", err)
		}
		for n, line := range strings.Split(string(raw), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			name, value, ok := strings.Cut(line, "=")
			if !ok {
				return Config{}, fmt.Errorf("configuration: %s:%d: NAME=value is expected", filepath.Base(file), n+1)
			}
			if _, set := vars[name]; !set {
				vars[name] = value
			}
		}
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	var errs []error
	bad := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf("configuration: %s: %s", name, fmt.Sprintf(format, args...)))
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil {
		bad("LISTEN", "host:port is expected")
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		bad("LISTEN", "the port is a number up to 65535")
	}
	if u, err := url.Parse(c.Address); c.Address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.HasSuffix(c.Address, "/")) {
		bad("PUBLIC_URL", "https://host without a slash at the end is expected")
	}
	for name, v := range map[string]string{"DATABASE_URL": c.DatabaseURL, "DATABASE_OWNER_URL": c.OwnerURL} {
		if u, err := url.Parse(v); v != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
			bad(name, "postgres://… is expected")
		}
	}
	if c.Connections < 4 || c.Connections > 500 {
		bad("DATABASE_CONNECTIONS", "4 to 500")
	}
	if c.Idle < time.Minute || c.Absolute < c.Idle {
		bad("SESSION_IDLE", "at least 1m, and not longer than SESSION_ABSOLUTE")
	}
	if c.DemoDays < 1 || c.DemoDays > 200 {
		bad("DEMO_DAYS", "1 to 200")
	}
	if c.DemoPrisons < 1 || c.DemoPrisons > 3 {
		bad("DEMO_PRISONS", "1 to 3")
	}
	return errors.Join(errs...)
}
