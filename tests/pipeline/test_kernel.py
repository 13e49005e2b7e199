"""The wire between a notebook and its kernel: no reply is lost."""

import asyncio
import time

import pytest
import zmq
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session

from schedlab.pipeline.kernel import Shell

#: Jupyter's own channel loses it: the day this one hears it too, ours is no longer needed
JUPYTERS = pytest.param(AsyncZMQSocketChannel, marks=pytest.mark.xfail(raises=TimeoutError, strict=True))


@pytest.mark.parametrize("channel", [Shell, JUPYTERS])
def test_a_reply_that_comes_while_something_is_sent_is_heard(channel, tmp_path):
    """As a widget's output does it: the reply is there, a request goes out, and only then the loop looks."""
    heard = asyncio.run(_overtaken(channel, f"ipc://{tmp_path}/shell"))
    assert heard["content"] == {"answer": 42}


async def _overtaken(channel, address):
    session = Session(key=b"made up")
    with zmq.Context() as theirs, theirs.socket(zmq.ROUTER) as kernel, zmq.asyncio.Context() as ours:
        kernel.bind(address)
        with ours.socket(zmq.DEALER) as socket:
            socket.linger = 0
            socket.connect(address)
            shell = channel(socket, session)
            shell.send(session.msg("kernel_info_request"))
            client = kernel.recv_multipart()[0]
            waiting = asyncio.ensure_future(shell.get_msg())
            await asyncio.sleep(0.05)
            session.send(kernel, "execute_reply", {"answer": 42}, ident=[client])
            time.sleep(0.05)
            shell.send(session.msg("comm_msg"))
            return await asyncio.wait_for(waiting, 2)
