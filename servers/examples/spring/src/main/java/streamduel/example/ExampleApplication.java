// Streams words as a language model streams tokens, on Spring MVC: chunks of a chat completion by
// an SseEmitter, events of a response over WebSocket. And the demo of the article: ten messages,
// one a second, and their page in resources/static/.

package streamduel.example;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.util.UriComponentsBuilder;

@SpringBootApplication
@EnableWebSocket
public class ExampleApplication {
  public static void main(String[] arguments) {
    SpringApplication.run(ExampleApplication.class, arguments);
  }
}

/** One thread a stream, as in the article; beyond the bound a stream is refused. */
@Component
class StreamThreads {
  private static final int MOST_STREAMS = 1000;

  private final ExecutorService threads =
      new ThreadPoolExecutor(0, MOST_STREAMS, 60, SECONDS, new SynchronousQueue<>());

  interface Stream {
    void run() throws IOException;
  }

  /** @throws RejectedExecutionException when too many are open */
  void start(Stream stream) {
    threads.execute(
        () -> {
          try {
            stream.run();
          } catch (IOException | IllegalStateException error) {
            // The client has left: the container ends the exchange itself.
          }
        });
  }
}

/** How many tokens, how many a second, and which. */
record Order(int n, double rate, int seed) {
  static Order of(Map<String, String> query) {
    return new Order(
        (int) read(query, "n", "150", 1, 100_000, true),
        read(query, "rate", "50", 0.1, 10_000, false),
        (int) (long) read(query, "seed", "1", 1, 0xffff_ffffL, true));
  }

  private static double read(
      Map<String, String> query,
      String name,
      String usual,
      double low,
      double high,
      boolean isWhole) {
    try {
      double value = Double.parseDouble(query.getOrDefault(name, usual));
      if (value >= low && value <= high && (!isWhole || value == Math.rint(value))) return value;
    } catch (NumberFormatException error) {
      // Refused below, like a number out of bounds.
    }
    throw new ResponseStatusException(
        HttpStatus.BAD_REQUEST, name + ": expected a number from " + low + " to " + high);
  }

  String seedText() {
    return Integer.toUnsignedString(seed);
  }

  long durationMs() {
    return (long) (n / rate * 1000);
  }
}

class Words {
  // The same 64 words in the same order as in the other stacks.
  private static final String[] WORDS =
      """
      water river stone light wind forest cloud morning
      evening winter summer garden bridge window letter music
      silver golden quiet slow early small bright deep
      runs falls turns waits opens carries follows remembers
      and then under over between beside until without
      the a its every one another some this
      café naïve über señor Ærø Łódź Ελλάδα река 水 川 光 風 🌊 🌲 ten end
      """
          .trim()
          .split("\\s+");

  interface TokenWriter {
    void write(int id, String text) throws IOException;
  }

  /** Each is due at start + index / rate, so that a late one delays no other. */
  static void forEach(Order order, TokenWriter writer) throws IOException {
    long startNs = System.nanoTime();
    // xorshift32 (Marsaglia 2003); 0 would stay 0.
    int state = order.seed();
    for (int index = 0; index < order.n(); index++) {
      sleepUntil(startNs + (long) (index / order.rate() * 1e9));
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      int id = state & 63;
      writer.write(id, index == 0 ? WORDS[id] : " " + WORDS[id]);
    }
  }

  static void sleepUntil(long dueNs) {
    long leftNs;
    // parkNanos may return early.
    while ((leftNs = dueNs - System.nanoTime()) > 0) {
      LockSupport.parkNanos(leftNs);
      if (Thread.currentThread().isInterrupted()) throw new IllegalStateException("interrupted");
    }
  }
}

@RestController
class StreamController {
  private static final int MESSAGES = 10;
  private static final long SECOND_NS = 1_000_000_000;

  private final StreamThreads threads;

  StreamController(StreamThreads threads) {
    this.threads = threads;
  }

  @GetMapping("/healthz")
  Map<String, String> healthz() {
    return Map.of("status", "ok");
  }

  /** The article's demo. */
  @GetMapping("/stream")
  SseEmitter stream() {
    var emitter = new SseEmitter(30_000L);
    start(
        () -> {
          long startNs = System.nanoTime();
          try {
            for (int number = 0; number < MESSAGES; number++) {
              Words.sleepUntil(startNs + number * SECOND_NS);
              emitter.send("消息编号: " + number);
            }
            emitter.complete();
          } catch (IOException error) {
            emitter.completeWithError(error);
          }
        });
    return emitter;
  }

  record ChatRequest(boolean stream) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Delta(String role, String content) {}

  record Choice(
      int index,
      Delta delta,
      String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) List<Integer> tokenIds) {}

  record Usage(int promptTokens, int completionTokens, int totalTokens) {}

  record Chunk(
      String id,
      String object,
      long created,
      String model,
      List<Choice> choices,
      @JsonInclude(JsonInclude.Include.NON_NULL) Usage usage) {}

  @PostMapping("/v1/chat/completions")
  SseEmitter chat(@RequestParam Map<String, String> query, @RequestBody ChatRequest request) {
    if (!request.stream())
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "stream: expected true");
    var order = Order.of(query);
    var emitter = new SseEmitter(order.durationMs() + 30_000);
    start(() -> writeChat(order, emitter));
    return emitter;
  }

  private static void writeChat(Order order, SseEmitter emitter) throws IOException {
    send(emitter, chunk(order, new Choice(0, new Delta("assistant", ""), null, null)));
    Words.forEach(
        order,
        (id, text) ->
            send(emitter, chunk(order, new Choice(0, new Delta(null, text), null, List.of(id)))));
    send(emitter, chunk(order, new Choice(0, new Delta(null, null), "stop", null)));
    send(emitter, chunk(order, List.of(), new Usage(0, order.n(), order.n())));
    emitter.send("[DONE]");
    emitter.complete();
  }

  private static Chunk chunk(Order order, Choice choice) {
    return chunk(order, List.of(choice), null);
  }

  private static Chunk chunk(Order order, List<Choice> choices, Usage usage) {
    // A constant time of creation keeps the bytes the same in all stacks and runs.
    String id = "chatcmpl-" + order.seedText();
    return new Chunk(id, "chat.completion.chunk", 0, "words", choices, usage);
  }

  private static void send(SseEmitter emitter, Chunk chunk) throws IOException {
    emitter.send(chunk, MediaType.APPLICATION_JSON);
  }

  private void start(StreamThreads.Stream stream) {
    try {
      threads.start(stream);
    } catch (RejectedExecutionException error) {
      throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "too many streams", error);
    }
  }
}

@Component
class ResponsesSocket extends TextWebSocketHandler
    implements WebSocketConfigurer, HandshakeInterceptor {
  private static final String ORDER = "order";

  record Message(String type) {}

  record Usage(int inputTokens, int outputTokens, int totalTokens) {}

  record Response(
      String id,
      String object,
      String model,
      String status,
      @JsonInclude(JsonInclude.Include.NON_NULL) Usage usage) {}

  record ResponseEvent(String type, int sequenceNumber, Response response) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TextEvent(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      int contentIndex,
      String delta,
      String text) {}

  record Failure(String code, String message) {}

  record ErrorEvent(String type, int status, Failure error) {}

  private final StreamThreads threads;
  private final ObjectMapper json;

  ResponsesSocket(StreamThreads threads, ObjectMapper json) {
    this.threads = threads;
    this.json = json;
  }

  @Override
  public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
    registry.addHandler(this, "/v1/responses").addInterceptors(this);
  }

  @Override
  public boolean beforeHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Map<String, Object> attributes) {
    try {
      var query = UriComponentsBuilder.fromUri(request.getURI()).build().getQueryParams();
      attributes.put(ORDER, Order.of(query.toSingleValueMap()));
      return true;
    } catch (ResponseStatusException error) {
      response.setStatusCode(error.getStatusCode());
      return false;
    }
  }

  @Override
  public void afterHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Exception error) {}

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message)
      throws IOException {
    var order = (Order) session.getAttributes().get(ORDER);
    boolean isOrder = isOrder(message.getPayload());
    try {
      threads.start(
          () -> {
            // One answer at a time: a session takes messages of one thread only.
            synchronized (session) {
              if (isOrder) writeResponse(order, session);
              else send(session, invalid());
            }
          });
    } catch (RejectedExecutionException error) {
      session.close(CloseStatus.SERVICE_OVERLOAD);
    }
  }

  private boolean isOrder(String text) {
    try {
      var message = json.readValue(text, Message.class);
      return message != null && "response.create".equals(message.type());
    } catch (JsonProcessingException error) {
      return false;
    }
  }

  private static ErrorEvent invalid() {
    var why = "expected a message of type response.create";
    return new ErrorEvent("error", 400, new Failure("invalid_request_error", why));
  }

  private void writeResponse(Order order, WebSocketSession session) throws IOException {
    String id = "resp_" + order.seedText();
    String item = "msg_" + order.seedText();
    var created = new Response(id, "response", "words", "in_progress", null);
    send(session, new ResponseEvent("response.created", 0, created));
    var whole = new StringBuilder();
    int[] number = {1};
    Words.forEach(
        order,
        (token, text) -> {
          whole.append(text);
          send(
              session,
              new TextEvent("response.output_text.delta", number[0]++, item, 0, 0, text, null));
        });
    var done =
        new TextEvent("response.output_text.done", number[0]++, item, 0, 0, null, whole.toString());
    send(session, done);
    var usage = new Usage(0, order.n(), order.n());
    var completed = new Response(id, "response", "words", "completed", usage);
    send(session, new ResponseEvent("response.completed", number[0], completed));
  }

  private void send(WebSocketSession session, Object event) throws IOException {
    session.sendMessage(new TextMessage(json.writeValueAsString(event)));
  }
}
