//go:build !unix

package postgrestest

// server is never started here: only a server named in the environment is used.
type server struct{}

func start() (*server, error) { return nil, ErrNoBinaries }

func (*server) stop() {}

func (*server) url() string { return "" }

func findBinaries() (string, error) { return "", ErrNoBinaries }
