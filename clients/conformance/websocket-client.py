"""Receives one stream over WebSocket and prints what it was as JSON: a client of another language and another author.

Usage: /usr/bin/python3 websocket-client.py URL SUBPROTOCOL. Needs Debian's python3-websockets (10.4 or later).
"""

import asyncio
import json
import sys

try:
    import websockets
except ImportError:
    sys.exit("the Python module websockets is missing: apt-get install python3-websockets")


async def receive(url, subprotocol):
    # It offers compression, as it does by default; whether that is agreed is for the server to say.
    async with websockets.connect(url, subprotocols=[subprotocol]) as connection:
        messages = [message async for message in connection]
        return {
            "subprotocol": connection.subprotocol,
            "extensions": [extension.name for extension in connection.extensions],
            "messages": messages,
            "closeCode": connection.close_code,
        }


# ASCII only, whatever the locale says of stdout.
print(json.dumps(asyncio.run(asyncio.wait_for(receive(*sys.argv[1:]), 30))))
