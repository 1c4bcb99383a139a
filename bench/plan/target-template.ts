// A commented target file: what `streamduel init target` prints.

export function renderTargetTemplate(): string {
  return `# Servers of your own, for \`streamduel run --target FILE\`: each is an arm, the first one the
# baseline. YAML or JSON. \${NAME} stands for a variable of the environment: secrets belong there,
# and are never saved. \`streamduel probe URL\` says what an endpoint speaks.

targets:
  - name: sse
    url: http://127.0.0.1:\${PORT}/v1/chat/completions
    # Found out from the answer when absent; streamduel list dialects names them.
    dialect: openai-chat
    method: POST
    # headers:
    #   authorization: Bearer \${OPENAI_API_KEY}
    # The dialect's usual request when absent. \${PROMPT} stands for one of the prompts.
    body:
      model: my-model
      stream: true
      stream_options: { include_usage: true }
      messages: [{ role: user, content: '\${PROMPT}' }]
    # With it each trial has a fresh server, whose CPU and memory are measured; without it all
    # trials share the one that runs already, and the report says so.
    start:
      command: [node, server.mjs]
      environment: { PORT: '\${PORT}' }
      ready: /healthz
      # directory: .
      # ready-timeout: 30s
    # What stands before it: a relay, or a proxy (streamduel lab list). The same target twice, once
    # with it, shows what it does.
    # path: nginx-fixed

  - name: ws
    url: ws://127.0.0.1:\${PORT}/v1/responses
    dialect: responses
    # Sent once the WebSocket is open; the dialect's usual ones when absent.
    # messages:
    #   - { type: response.create, model: my-model, input: '\${PROMPT}' }
    start:
      command: [node, server.mjs]
      environment: { PORT: '\${PORT}' }
      ready: /healthz

  # A dialect that has no name: JSON pointers (RFC 6901) into its messages.
  # - name: own
  #   url: https://example.com/stream
  #   pointers:
  #     token: /delta/text
  #     finish: { pointer: /done, equals: true }
  #     error: /error/message

# Drawn from for each stream, alike for all targets.
prompts:
  - Write one paragraph about how rivers find their way to the sea.
`;
}
