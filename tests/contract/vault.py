"""Secret Manager as far as the service uses it, on loopback, for Google's own client."""

from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.secretmanager_v1.types import (
    AccessSecretVersionRequest,
    AccessSecretVersionResponse,
    SecretPayload,
)

from shared.adapters.checksum import crc32c

ACCESS = "/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion"


@dataclass
class Vault(grpc.GenericRpcHandler):  # type: ignore[misc]
    """`answers` are given in turn, the last one for ever."""

    answers: list[SecretPayload | grpc.StatusCode] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Knows a single method."""
        if handler_call_details.method != ACCESS:
            return None
        return grpc.unary_unary_rpc_method_handler(
            self.access,
            request_deserializer=AccessSecretVersionRequest.deserialize,
            response_serializer=AccessSecretVersionResponse.serialize,
        )

    def access(self, request: AccessSecretVersionRequest, context: grpc.ServicerContext) -> AccessSecretVersionResponse:
        """Gives the next answer."""
        self.asked.append(request.name)
        self.seconds.append(context.time_remaining())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, grpc.StatusCode):
            context.abort(answer, "canary in the words of the server")
        return AccessSecretVersionResponse(name=request.name, payload=answer)

    @contextmanager
    def served(self) -> Iterator[Callable[[], SecretManagerServiceClient]]:
        """Serves until the block ends; what makes Google's client, connected to the vault."""
        with futures.ThreadPoolExecutor(2) as pool:
            server = grpc.server(pool)
            server.add_generic_rpc_handlers((self,))
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=(("grpc.enable_http_proxy", 0),)) as channel:
                yield lambda: SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
            server.stop(None).wait()


def payload(data: bytes) -> SecretPayload:
    """A version with this content."""
    return SecretPayload(data=data, data_crc32c=crc32c(data))
