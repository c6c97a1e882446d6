package config

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"usher/internal/core/secret"
)

// Egress is where integrations' requests may go besides the public internet, and which way.
type Egress struct {
	AllowNetworks []netip.Prefix `env:"USHER_EGRESS_ALLOW_NETWORKS"` // such as 10.20.0.0/16,127.0.0.1/32 (I-39)
	AllowPorts    []uint16       `env:"USHER_EGRESS_ALLOW_PORTS"`    // besides 80 and 443
	OwnAddresses  []netip.Addr   `env:"USHER_EGRESS_OWN_ADDRESSES"`  // of this instance's machines: never reached
	Way           Way            `env:"USHER_EGRESS_WAY" envDefault:"direct"`

	ConnectTimeout time.Duration `env:"USHER_EGRESS_CONNECT_TIMEOUT" envDefault:"2s"` // for resolving, for connecting and for the TLS handshake, each (I-11)
	Timeout        time.Duration `env:"USHER_EGRESS_TIMEOUT" envDefault:"5s"`         // for a whole request (I-11)
	AnswerKiB      int           `env:"USHER_EGRESS_ANSWER_KIB" envDefault:"256"`     // of an answer, as sent and as decoded (I-11)

	ProxyURL             string `env:"USHER_EGRESS_PROXY_URL"` // http://host:port or https://host:port
	ProxyCredentials     string `env:"USHER_EGRESS_PROXY_CREDENTIALS"`
	ProxyCredentialsFile string `env:"USHER_EGRESS_PROXY_CREDENTIALS_FILE"`
	ProxyCAFile          string `env:"USHER_EGRESS_PROXY_CA_FILE"` // PEM, where an https proxy's certificate is from no known authority

	WorkerURL     string `env:"USHER_EGRESS_WORKER_URL"` // https://…
	WorkerKey     string `env:"USHER_EGRESS_WORKER_KEY"` // whsec_…
	WorkerKeyFile string `env:"USHER_EGRESS_WORKER_KEY_FILE"`
}

// Way is how requests leave (I-40).
type Way string

// The ways.
const (
	WayDirect Way = "direct" // dialled from this machine
	WayProxy  Way = "proxy"  // through an HTTP CONNECT proxy, such as `usher egress`
	WayWorker Way = "worker" // by a worker that is handed signed envelopes, such as deploy/cloudflare
)

// Bounds of a request's limits: a ticket waits for its values 20 seconds at most, and answers stand in memory as a whole.
const (
	minTimeout   = 100 * time.Millisecond
	maxTimeout   = 15 * time.Second
	maxAnswerKiB = 8192
)

// checkLimits holds the limits of a request within what the rest of the program can bear.
func (e Egress) checkLimits() []error {
	var wrong []error
	for variable, value := range map[string]time.Duration{"USHER_EGRESS_CONNECT_TIMEOUT": e.ConnectTimeout, "USHER_EGRESS_TIMEOUT": e.Timeout} {
		if value < minTimeout || value > maxTimeout {
			wrong = append(wrong, fmt.Errorf("%s must be from %v to %v, such as 3s", variable, minTimeout, maxTimeout))
		}
	}
	if e.ConnectTimeout > e.Timeout {
		wrong = append(wrong, errors.New("USHER_EGRESS_CONNECT_TIMEOUT must not be longer than USHER_EGRESS_TIMEOUT, which it is a part of"))
	}
	if e.AnswerKiB < 1 || e.AnswerKiB > maxAnswerKiB {
		wrong = append(wrong, fmt.Errorf("USHER_EGRESS_ANSWER_KIB must be from 1 to %d", maxAnswerKiB))
	}
	return wrong
}

// check says what does not go together. A setting of a way that is not taken is an error: who set it believes that it holds.
func (e Egress) check() []error {
	wrong := e.checkLimits()
	switch e.Way {
	case WayDirect, WayProxy, WayWorker:
	default:
		wrong = append(wrong, errors.New("USHER_EGRESS_WAY must be direct, proxy or worker"))
	}
	if e.Way == WayProxy && e.ProxyURL == "" {
		wrong = append(wrong, errors.New("USHER_EGRESS_WAY is proxy: set USHER_EGRESS_PROXY_URL to its address, such as http://10.0.0.5:8381"))
	}
	if e.Way != WayProxy && e.ProxyURL+e.ProxyCredentials+e.ProxyCredentialsFile+e.ProxyCAFile != "" {
		wrong = append(wrong, errors.New("a USHER_EGRESS_PROXY_… setting has no effect: set USHER_EGRESS_WAY to proxy, or leave it out"))
	}
	if e.ProxyCredentials != "" && e.ProxyCredentialsFile != "" {
		wrong = append(wrong, errors.New("set USHER_EGRESS_PROXY_CREDENTIALS or USHER_EGRESS_PROXY_CREDENTIALS_FILE, not both"))
	}
	if e.Way == WayWorker && e.WorkerURL == "" {
		wrong = append(wrong, errors.New("USHER_EGRESS_WAY is worker: set USHER_EGRESS_WORKER_URL to its address, such as https://usher-egress.example.workers.dev/"))
	}
	if e.Way == WayWorker && (e.WorkerKey == "") == (e.WorkerKeyFile == "") {
		wrong = append(wrong, errors.New("USHER_EGRESS_WAY is worker: set USHER_EGRESS_WORKER_KEY, or USHER_EGRESS_WORKER_KEY_FILE to a file that holds it"))
	}
	if e.Way != WayWorker && e.WorkerURL+e.WorkerKey+e.WorkerKeyFile != "" {
		wrong = append(wrong, errors.New("a USHER_EGRESS_WORKER_… setting has no effect: set USHER_EGRESS_WAY to worker, or leave it out"))
	}
	return wrong
}

// Key gives the key that the worker's envelopes are signed with, from the environment or its file.
func (e Egress) Key() (secret.Value, error) {
	return textOrFile(e.WorkerKey, "USHER_EGRESS_WORKER_KEY_FILE", e.WorkerKeyFile)
}

// Credentials gives the proxy's name:password from the environment or its file; empty where there are none.
func (e Egress) Credentials() (secret.Value, error) {
	return textOrFile(e.ProxyCredentials, "USHER_EGRESS_PROXY_CREDENTIALS_FILE", e.ProxyCredentialsFile)
}

// textOrFile gives text, or what the file holds without the white space around it.
func textOrFile(text, variable, file string) (secret.Value, error) {
	if file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return secret.Value{}, fmt.Errorf("reading %s: %w", variable, err)
		}
		if text = strings.TrimSpace(string(content)); text == "" {
			return secret.Value{}, fmt.Errorf("%s: the file is empty", variable)
		}
	}
	return secret.New(strings.TrimSpace(text)), nil
}

// EgressServer is everything that `usher egress` can be told. It has nothing of Discord, of the database or of keys.
type EgressServer struct {
	Listen        string         `env:"USHER_EGRESS_LISTEN" envDefault:"127.0.0.1:8381"`
	HealthListen  string         `env:"USHER_EGRESS_HEALTH_LISTEN" envDefault:"127.0.0.1:8382"` // /healthz and /readyz
	ClientsText   string         `env:"USHER_EGRESS_CLIENTS"`                                   // lines of name:password
	ClientsFile   string         `env:"USHER_EGRESS_CLIENTS_FILE"`
	AllowNetworks []netip.Prefix `env:"USHER_EGRESS_ALLOW_NETWORKS"`
	AllowPorts    []uint16       `env:"USHER_EGRESS_ALLOW_PORTS"`
	OwnAddresses  []netip.Addr   `env:"USHER_EGRESS_OWN_ADDRESSES"`
	MaxTunnels    int            `env:"USHER_EGRESS_MAX_TUNNELS" envDefault:"512"`
	PerClient     int            `env:"USHER_EGRESS_MAX_TUNNELS_PER_CLIENT" envDefault:"256"`
	PerHost       int            `env:"USHER_EGRESS_MAX_TUNNELS_PER_HOST" envDefault:"128"`
	Idle          time.Duration  `env:"USHER_EGRESS_IDLE" envDefault:"30s"`
	Age           time.Duration  `env:"USHER_EGRESS_MAX_AGE" envDefault:"2m"`
	Drain         time.Duration  `env:"USHER_EGRESS_DRAIN" envDefault:"10s"`
	CertFile      string         `env:"USHER_EGRESS_TLS_CERT_FILE"` // PEM; with KeyFile: the proxy itself is spoken to by TLS
	KeyFile       string         `env:"USHER_EGRESS_TLS_KEY_FILE"`
	Log           Log
}

// LoadEgressServer reads and checks the environment of `usher egress`. The error is a list of sentences, as Load's.
func LoadEgressServer() (EgressServer, error) {
	return EgressServerFromMap(env.ToMap(os.Environ()))
}

// EgressServerFromMap is LoadEgressServer for given variables.
func EgressServerFromMap(variables map[string]string) (EgressServer, error) {
	c, err := env.ParseAsWithOptions[EgressServer](env.Options{Environment: variables})
	if err != nil {
		return EgressServer{}, describe(err, reflect.TypeFor[EgressServer](), reflect.TypeFor[Log]())
	}
	wrong := append(c.check(), c.Log.check()...)
	for _, name := range []string{"DISCORD_TOKEN", "DISCORD_TOKEN_FILE", "DATABASE_URL", "USHER_KEYS", "USHER_KEYS_FILE"} {
		if variables[name] != "" {
			wrong = append(wrong, fmt.Errorf("%s is set: the way out stands where strangers' servers are reached from and must not know it; start it with an environment of its own", name))
		}
	}
	return c, errors.Join(wrong...)
}

func (c EgressServer) check() []error {
	var wrong []error
	if (c.ClientsText == "") == (c.ClientsFile == "") {
		wrong = append(wrong, errors.New("set USHER_EGRESS_CLIENTS, or USHER_EGRESS_CLIENTS_FILE to a file, with a line name:password for each instance that may use it"))
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		wrong = append(wrong, errors.New("set USHER_EGRESS_TLS_CERT_FILE and USHER_EGRESS_TLS_KEY_FILE together, or neither"))
	}
	for variable, n := range map[string]int{"USHER_EGRESS_MAX_TUNNELS": c.MaxTunnels, "USHER_EGRESS_MAX_TUNNELS_PER_CLIENT": c.PerClient, "USHER_EGRESS_MAX_TUNNELS_PER_HOST": c.PerHost} {
		if n < 1 || n > 100_000 {
			wrong = append(wrong, fmt.Errorf("%s must be from 1 to 100000", variable))
		}
	}
	for variable, d := range map[string]time.Duration{"USHER_EGRESS_IDLE": c.Idle, "USHER_EGRESS_MAX_AGE": c.Age, "USHER_EGRESS_DRAIN": c.Drain} {
		if d < time.Second || d > time.Hour {
			wrong = append(wrong, fmt.Errorf("%s must be from 1s to 1h", variable))
		}
	}
	return wrong
}

// Clients gives the lines of name:password.
func (c EgressServer) Clients() (secret.Value, error) {
	return textOrFile(c.ClientsText, "USHER_EGRESS_CLIENTS_FILE", c.ClientsFile)
}
