package egress

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// zone answers one question; nil is no answer at all.
type zone func(q dnsmessage.Question, tcp bool) *dnsmessage.Message

// nameServer is a DNS server on loopback, UDP and TCP, and the resolver that asks it through Go's own client.
type nameServer struct {
	*net.Resolver
	mu    sync.Mutex
	asked []dnsmessage.Question
}

func (s *nameServer) note(q dnsmessage.Question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q)
}

func (s *nameServer) questions() []dnsmessage.Question {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func newNameServer(t *testing.T, z zone) *nameServer {
	t.Helper()
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{}
	var serving sync.WaitGroup
	serving.Go(func() { s.serveUDP(udp, z) })
	serving.Go(func() { s.serveTCP(tcp, z) })
	t.Cleanup(func() {
		_, _ = udp.Close(), tcp.Close()
		serving.Wait()
	})
	s.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		to := udp.LocalAddr().String()
		if strings.HasPrefix(network, "tcp") {
			to = tcp.Addr().String()
		}
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}}
	return s
}

func (s *nameServer) serveUDP(conn net.PacketConn, z zone) {
	buf := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if reply := s.reply(buf[:n], z, false); reply != nil {
			_, _ = conn.WriteTo(reply, from)
		}
	}
}

func (s *nameServer) serveTCP(l net.Listener, z zone) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err == nil {
			question := make([]byte, binary.BigEndian.Uint16(length[:]))
			if _, err := io.ReadFull(conn, question); err == nil {
				reply := s.reply(question, z, true)
				_, _ = conn.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))
				_, _ = conn.Write(reply)
			}
		}
		_ = conn.Close()
	}
}

func (s *nameServer) reply(question []byte, z zone, tcp bool) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil
	}
	s.note(m.Questions[0])
	answer := z(m.Questions[0], tcp)
	if answer == nil {
		return nil
	}
	answer.ID, answer.Response, answer.RecursionAvailable, answer.Questions = m.ID, true, true, m.Questions
	packed, err := answer.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// records answers with addresses of the asked family, after a chain of aliases.
func records(aliases []string, addrs ...string) zone {
	return func(q dnsmessage.Question, _ bool) *dnsmessage.Message {
		m := &dnsmessage.Message{}
		name := q.Name
		for _, alias := range aliases {
			to := dnsmessage.MustNewName(alias)
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header(name, dnsmessage.TypeCNAME), Body: &dnsmessage.CNAMEResource{CNAME: to}})
			name = to
		}
		for _, text := range addrs {
			addr := netip.MustParseAddr(text)
			switch {
			case addr.Is4() && q.Type == dnsmessage.TypeA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header(name, q.Type), Body: &dnsmessage.AResource{A: addr.As4()}})
			case addr.Is6() && q.Type == dnsmessage.TypeAAAA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header(name, q.Type), Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
			}
		}
		return m
	}
}

func header(name dnsmessage.Name, kind dnsmessage.Type) dnsmessage.ResourceHeader {
	return dnsmessage.ResourceHeader{Name: name, Type: kind, Class: dnsmessage.ClassINET}
}

const dnsURL = "http://api.customer-name.com/"

// lookedUp makes a call through a real resolver and gives what was dialled.
func lookedUp(t *testing.T, z zone, change func(*Config)) (*nameServer, *dialled, error) {
	t.Helper()
	names := newNameServer(t, z)
	cfg := strict(names)
	if change != nil {
		change(&cfg)
	}
	client := newClient(t, cfg)
	net := &dialled{}
	net.install(client)
	_, err := get(t, client, dnsURL)
	return names, net, err
}

// refusedAnswer holds that an answer is refused and nothing is dialled.
func refusedAnswer(class Class, z zone) runner {
	return func(t *testing.T, _ egressCase) {
		_, net, err := lookedUp(t, z, nil)
		wantClass(t, err, class)
		if len(net.to) > 0 {
			t.Errorf("dialled %v", net.to)
		}
	}
}

func dnsRunners() map[string]runner {
	return map[string]runner{
		"dns-02": refusedAnswer(ClassPolicy, records(nil, "93.184.216.34", "127.0.0.1")),
		"dns-04": refusedAnswer(ClassPolicy, records(nil, "::ffff:127.0.0.1")),
		"dns-05": refusedAnswer(ClassPolicy, records(nil, "64:ff9b::a9fe:a9fe")),
		"dns-06": refusedAnswer(ClassPolicy, records(nil, "::7f00:1")),
		"dns-10": refusedAnswer(ClassPolicy, records(nil, "0.0.0.0")),
		"dns-11": refusedAnswer(ClassPolicy, records([]string{"metadata.google.internal."}, "169.254.169.254")),
		"dns-12": refusedAnswer(ClassResolve, records(chain(20))), // a recursor gives up in the chain and answers without an address
		"dns-13": refusedAnswer(ClassPolicy, records([]string{"localhost."}, "127.0.0.1", "::1")),
		"dns-14": ownAddress,
		"dns-17": noAnswer,
		"dns-19": hugeAnswer,
		"dns-20": absoluteNames,
		"dns-21": addressesOnly,
		"dns-22": flip,
		"dns-24": flip,
	}
}

func chain(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("alias-%d.customer-name.com.", i)
	}
	return list
}

func ownAddress(t *testing.T, _ egressCase) {
	public := records(nil, "93.184.216.34")
	for _, networks := range [][]netip.Prefix{nil, prefixes("93.184.216.0/24")} {
		_, net, err := lookedUp(t, public, func(cfg *Config) {
			cfg.OwnAddresses, cfg.AllowNetworks = []netip.Addr{netip.MustParseAddr("::ffff:93.184.216.34")}, networks
		})
		wantClass(t, err, ClassPolicy)
		if len(net.to) > 0 {
			t.Errorf("dialled %v", net.to)
		}
	}
	_, net, err := lookedUp(t, public, nil)
	wantClass(t, err, ClassConnect)
	if len(net.to) != 1 {
		t.Errorf("another instance's address: dialled %v", net.to)
	}
}

func noAnswer(t *testing.T, c egressCase) {
	refusedAnswer(ClassResolve, func(dnsmessage.Question, bool) *dnsmessage.Message {
		return &dnsmessage.Message{Header: dnsmessage.Header{RCode: dnsmessage.RCodeServerFailure}}
	})(t, c)
	start := time.Now()
	_, _, err := lookedUp(t, func(dnsmessage.Question, bool) *dnsmessage.Message { return nil }, func(cfg *Config) {
		cfg.ConnectTimeout, cfg.Timeout = 100*time.Millisecond, time.Minute
	})
	wantClass(t, err, ClassResolve)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("a silent name server held the call for %v", took)
	}
}

// hugeAnswer holds that a reply of nearly 64 KiB is read whole, that its last address counts, and that few addresses are tried.
func hugeAnswer(t *testing.T, _ egressCase) {
	huge := func(last string) zone {
		addrs := make([]string, 0, 4000)
		for i := range 3999 {
			addrs = append(addrs, fmt.Sprintf("93.184.%d.%d", i/250, i%250))
		}
		all := records(nil, append(addrs, last)...)
		return func(q dnsmessage.Question, tcp bool) *dnsmessage.Message {
			if !tcp {
				return &dnsmessage.Message{Header: dnsmessage.Header{Truncated: true}}
			}
			return all(q, tcp)
		}
	}
	refusedAnswer(ClassPolicy, huge("127.0.0.1"))(t, egressCase{})
	_, net, err := lookedUp(t, huge("93.184.216.34"), nil)
	wantClass(t, err, ClassConnect)
	if len(net.to) != maxAddresses {
		t.Errorf("%d addresses dialled, want %d", len(net.to), maxAddresses)
	}
}

func absoluteNames(t *testing.T, _ egressCase) {
	names, _, err := lookedUp(t, func(q dnsmessage.Question, tcp bool) *dnsmessage.Message {
		if q.Name.String() != "api.customer-name.com." {
			return records(nil, "93.184.216.34")(q, tcp)
		}
		return &dnsmessage.Message{Header: dnsmessage.Header{RCode: dnsmessage.RCodeNameError}}
	}, nil)
	wantClass(t, err, ClassResolve)
	for _, q := range names.questions() {
		if q.Name.String() != "api.customer-name.com." {
			t.Errorf("asked for %s", q.Name)
		}
	}
	fake := &fakeResolver{}
	_, err = get(t, newClient(t, strict(fake)), dnsURL)
	wantClass(t, err, ClassResolve)
	if len(fake.asked) != 1 || fake.asked[0] != "api.customer-name.com." {
		t.Errorf("asked for %q, want one absolute name", fake.asked)
	}
}

func addressesOnly(t *testing.T, _ egressCase) {
	names, _, _ := lookedUp(t, records(nil, "93.184.216.34"), nil)
	if len(names.questions()) == 0 {
		t.Fatal("nothing was asked")
	}
	for _, q := range names.questions() {
		if q.Type != dnsmessage.TypeA && q.Type != dnsmessage.TypeAAAA {
			t.Errorf("asked for %s records", q.Type)
		}
	}
}

// flip holds that the answer of each call decides, whatever was true when the URL was saved or last called.
func flip(t *testing.T, _ egressCase) {
	resolver := &fakeResolver{answers: map[string][]netip.Addr{"api.customer-name.com.": {netip.MustParseAddr("93.184.216.34")}}}
	client := newClient(t, strict(resolver))
	net := &dialled{}
	net.install(client)
	if err := client.Check(dnsURL, false); err != nil {
		t.Fatal(err)
	}
	_, err := get(t, client, dnsURL)
	wantClass(t, err, ClassConnect)
	resolver.answers["api.customer-name.com."] = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
	_, err = get(t, client, dnsURL)
	wantClass(t, err, ClassPolicy)
	if len(net.to) != 1 {
		t.Errorf("dialled %v, want the first call's address alone", net.to)
	}
}
