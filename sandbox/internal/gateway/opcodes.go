package gateway

import (
	"encoding/json"
	"strconv"
)

// Opcodes (https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway).
const (
	opDispatch         = 0
	opHeartbeat        = 1
	opIdentify         = 2
	opPresence         = 3
	opVoiceState       = 4
	opResume           = 6
	opReconnect        = 7
	opRequestMembers   = 8
	opInvalidSession   = 9
	opHello            = 10
	opHeartbeatACK     = 11
	opSoundboardSounds = 31
	opChannelInfo      = 43
)

// Close codes (the same page).
const (
	closeUnknown                 = 4000
	closeUnknownOpcode           = 4001
	closeDecode                  = 4002
	closeNotAuthenticated        = 4003
	closeAuthFailed              = 4004
	closeAlreadyAuth             = 4005
	closeInvalidSeq              = 4007
	closeRateLimited             = 4008
	closeSessionTimedOut         = 4009
	closeInvalidShard            = 4010
	closeShardingRequired        = 4011
	closeInvalidVersion          = 4012
	closeInvalidIntents          = 4013
	closeDisallowedIntents       = 4014
	maxPayload                   = 4096
	closeNormal                  = 1000
	closeGoingAway               = 1001
	maxReadBytes           int64 = 1 << 20
)

// endsSession says whether a close by the server with this code leaves nothing
// to resume.
func endsSession(code int) bool {
	switch code {
	case closeAuthFailed, closeInvalidSeq, closeSessionTimedOut, closeInvalidShard,
		closeShardingRequired, closeInvalidVersion, closeInvalidIntents, closeDisallowedIntents:
		return true
	}
	return false
}

// control builds a frame that is not a dispatch.
func control(op int, data string) []byte {
	return []byte(`{"t":null,"s":null,"op":` + strconv.Itoa(op) + `,"d":` + data + `}`)
}

// appendDispatch appends the frame of an event to b.
func appendDispatch(b []byte, e entry) []byte {
	if e.raw != nil {
		return append(b, e.raw...)
	}
	b = append(b, `{"t":`...)
	b = strconv.AppendQuote(b, e.kind)
	b = append(b, `,"s":`...)
	b = strconv.AppendUint(b, e.seq, 10)
	b = append(b, `,"op":0,"d":`...)
	if len(e.data) == 0 {
		b = append(b, "null"...)
	}
	b = append(b, e.data...)
	return append(b, '}')
}

// incoming is a frame from a bot.
type incoming struct {
	Op   *int            `json:"op"`
	Data json.RawMessage `json:"d"`
}
