// Streams words as a language model streams tokens, with net/http: chunks of a chat completion as
// an event stream, events of a response over WebSocket.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	maxBodyBytes = 1 << 20
	// Limits a single write: http.Server.WriteTimeout would cut a stream that takes longer in all.
	writeTimeout = 30 * time.Second
)

// The same 64 words in the same order as in the other stacks.
var words = strings.Fields(`
	water river stone light wind forest cloud morning
	evening winter summer garden bridge window letter music
	silver golden quiet slow early small bright deep
	runs falls turns waits opens carries follows remembers
	and then under over between beside until without
	the a its every one another some this
	café naïve über señor Ærø Łódź Ελλάδα река 水 川 光 風 🌊 🌲 ten end
`)

type order struct {
	n    int
	rate float64
	seed uint32
}

func readOrder(query url.Values) (order, error) {
	var firstErr error
	read := func(name, usual string, low, high float64, whole bool) float64 {
		value, err := strconv.ParseFloat(cmp.Or(query.Get(name), usual), 64)
		isIn := err == nil && value >= low && value <= high && (!whole || value == math.Trunc(value))
		if !isIn && firstErr == nil {
			firstErr = fmt.Errorf("%s: expected a number from %v to %v", name, low, high)
		}
		return value
	}
	n := read("n", "150", 1, 100_000, true)
	rate := read("rate", "50", 0.1, 10_000, false)
	seed := read("seed", "1", 1, math.MaxUint32, true)
	if firstErr != nil {
		return order{}, firstErr
	}
	return order{int(n), rate, uint32(seed)}, nil
}

// eachToken sends every token when it is due, at start + index / rate, so that a late one delays no
// other.
func eachToken(ctx context.Context, o order, send func(id int, text string) error) error {
	start := time.Now()
	// xorshift32 (Marsaglia 2003); 0 would stay 0.
	state := o.seed
	for index := range o.n {
		due := start.Add(time.Duration(float64(index) / o.rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		id := int(state % 64)
		text := words[id]
		if index > 0 {
			text = " " + text
		}
		if err := send(id, text); err != nil {
			return err
		}
	}
	return nil
}

type delta struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitempty"`
}

type choice struct {
	Index        int     `json:"index"`
	Delta        delta   `json:"delta"`
	FinishReason *string `json:"finish_reason"`
	TokenIDs     []int   `json:"token_ids,omitempty"`
}

type chatUsage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

type chunk struct {
	ID      string     `json:"id"`
	Object  string     `json:"object"`
	Created int        `json:"created"`
	Model   string     `json:"model"`
	Choices []choice   `json:"choices"`
	Usage   *chatUsage `json:"usage,omitempty"`
}

func streamChat(w http.ResponseWriter, r *http.Request) {
	o, err := readOrder(r.URL.Query())
	if err != nil {
		refuse(w, err.Error())
		return
	}
	var body struct {
		Stream bool `json:"stream"`
	}
	bounded := http.MaxBytesReader(w, r.Body, maxBodyBytes)
	if err := json.NewDecoder(bounded).Decode(&body); err != nil || !body.Stream {
		refuse(w, "stream: expected true")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	control := http.NewResponseController(w)
	write := func(data []byte) error {
		if err := control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return err
		}
		return control.Flush()
	}
	if err := writeChat(r.Context(), o, write); err != nil {
		// Ends the connection without the last chunk, so that the client sees a cut.
		panic(http.ErrAbortHandler)
	}
}

func writeChat(ctx context.Context, o order, write func([]byte) error) error {
	// A constant time of creation keeps the bytes the same in all stacks and runs.
	id := fmt.Sprintf("chatcmpl-%d", o.seed)
	base := chunk{ID: id, Object: "chat.completion.chunk", Model: "words"}
	send := func(choices []choice, usage *chatUsage) error {
		event := base
		event.Choices, event.Usage = choices, usage
		return writeJSON(event, write)
	}
	empty, stop := "", "stop"
	if err := send([]choice{{Delta: delta{Role: "assistant", Content: &empty}}}, nil); err != nil {
		return err
	}
	err := eachToken(ctx, o, func(id int, text string) error {
		return send([]choice{{Delta: delta{Content: &text}, TokenIDs: []int{id}}}, nil)
	})
	if err != nil {
		return err
	}
	if err := send([]choice{{FinishReason: &stop}}, nil); err != nil {
		return err
	}
	if err := send([]choice{}, &chatUsage{0, o.n, o.n}); err != nil {
		return err
	}
	return write([]byte("[DONE]"))
}

const invalid = `{"type":"error","status":400,` +
	`"error":{"code":"invalid_request_error","message":"expected a message of type response.create"}}`

type response struct {
	ID     string         `json:"id"`
	Object string         `json:"object"`
	Model  string         `json:"model"`
	Status string         `json:"status"`
	Usage  *responseUsage `json:"usage,omitempty"`
}

type responseUsage struct {
	InputTokens  int `json:"input_tokens"`
	OutputTokens int `json:"output_tokens"`
	TotalTokens  int `json:"total_tokens"`
}

type responseEvent struct {
	Type           string   `json:"type"`
	SequenceNumber int      `json:"sequence_number"`
	Response       response `json:"response"`
}

type textEvent struct {
	Type           string  `json:"type"`
	SequenceNumber int     `json:"sequence_number"`
	ItemID         string  `json:"item_id"`
	OutputIndex    int     `json:"output_index"`
	ContentIndex   int     `json:"content_index"`
	Delta          *string `json:"delta,omitempty"`
	Text           *string `json:"text,omitempty"`
}

func writeResponse(ctx context.Context, o order, write func([]byte) error) error {
	id := fmt.Sprintf("resp_%d", o.seed)
	part := textEvent{ItemID: fmt.Sprintf("msg_%d", o.seed)}
	created := response{ID: id, Object: "response", Model: "words", Status: "in_progress"}
	if err := writeJSON(responseEvent{"response.created", 0, created}, write); err != nil {
		return err
	}
	number := 1
	var whole strings.Builder
	err := eachToken(ctx, o, func(_ int, text string) error {
		whole.WriteString(text)
		event := part
		event.Type, event.SequenceNumber, event.Delta = "response.output_text.delta", number, &text
		number++
		return writeJSON(event, write)
	})
	if err != nil {
		return err
	}
	text := whole.String()
	done := part
	done.Type, done.SequenceNumber, done.Text = "response.output_text.done", number, &text
	if err := writeJSON(done, write); err != nil {
		return err
	}
	completed := created
	completed.Status, completed.Usage = "completed", &responseUsage{0, o.n, o.n}
	return writeJSON(responseEvent{"response.completed", number + 1, completed}, write)
}

func writeJSON(event any, write func([]byte) error) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	return write(data)
}

func answerMessages(w http.ResponseWriter, r *http.Request) {
	o, err := readOrder(r.URL.Query())
	if err != nil {
		refuse(w, err.Error())
		return
	}
	socket, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer socket.CloseNow()
	socket.SetReadLimit(maxBodyBytes)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	messages := make(chan []byte)
	// Reads on while a response is written: else pings and the close would go unanswered.
	go func() {
		defer cancel()
		for {
			_, message, err := socket.Read(ctx)
			if err != nil {
				return
			}
			select {
			case messages <- message:
			case <-ctx.Done():
				return
			}
		}
	}()
	write := func(data []byte) error {
		ctx, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		return socket.Write(ctx, websocket.MessageText, data)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-messages:
			if err := answer(ctx, message, o, write); err != nil {
				return
			}
		}
	}
}

func answer(ctx context.Context, message []byte, o order, write func([]byte) error) error {
	var request struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(message, &request); err != nil || request.Type != "response.create" {
		return write([]byte(invalid))
	}
	return writeResponse(ctx, o, write)
}

func refuse(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"message": message}})
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"ok"}`)
	})
	mux.HandleFunc("POST /v1/chat/completions", streamChat)
	mux.HandleFunc("GET /v1/responses", answerMessages)
	server := &http.Server{
		Addr:              "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8080"),
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
