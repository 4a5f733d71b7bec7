"""The deploy service's wire, by Google's own Python: what our client sends is read here, and what is sent here is read by our stand-in.

usage: deploy_wire.py <deploy.proto> server <port> <key>      prints what it receives, a line of JSON each
       deploy_wire.py <deploy.proto> client <address> <key> <resources as JSON>
"""

import concurrent.futures
import datetime
import hashlib
import hmac
import json
import os
import sys
import tempfile

import grpc
import grpc_tools
from google.protobuf.json_format import MessageToDict, ParseDict
from grpc_tools import protoc

proto, mode, where, key, *rest = sys.argv[1:]

generated = tempfile.mkdtemp()
known = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
flags = [f"--{kind}={generated}" for kind in ("python_out", "grpc_python_out")]
assert protoc.main(["protoc", f"-I{os.path.dirname(proto)}", f"-I{known}", *flags, proto]) == 0
sys.path.insert(0, generated)
import deploy_pb2 as pb  # noqa: E402
import deploy_pb2_grpc as rpc  # noqa: E402


def sign(timestamp):
    return hmac.new(bytes.fromhex(key), timestamp.encode(), hashlib.sha256).hexdigest()


def status(request, state, message):
    answer = pb.DeploymentStatus(request=request, state=pb.DeploymentState.Value(state), message=message)
    answer.time.GetCurrentTime()
    return answer


class Service(rpc.DeployServicer):
    def seen(self, method, request, context):
        metadata = dict(context.invocation_metadata())
        if not hmac.compare_digest(metadata.get("authorization", ""), sign(metadata.get("timestamp", ""))):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "failed authentication")
        message = MessageToDict(request, preserving_proto_field_name=True)
        print(json.dumps({"method": method, "team": metadata["team"], "request": message}), flush=True)

    def Deploy(self, request, context):
        self.seen("deploy", request, context)
        request.ID = "11111111-2222-3333-4444-555555555555"
        return status(request, "queued", "on the queue")

    def Status(self, request, context):
        self.seen("status", request, context)
        yield status(request, "in_progress", "Successfully applied nais.io/v1, Kind=Naisjob, Namespace=my-team, Name=orders")
        yield status(request, "in_progress", "Naisjob/orders (Synchronized): æøå")
        yield pb.DeploymentStatus()
        yield status(request, "success", "done")


def serve():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=4))
    rpc.add_DeployServicer_to_server(Service(), server)
    assert server.add_insecure_port(f"127.0.0.1:{where}") == int(where)
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


def metadata():
    timestamp = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return [("authorization", sign(timestamp)), ("timestamp", timestamp), ("team", "my-team")]


def deploy():
    stub = rpc.DeployStub(grpc.insecure_channel(where))
    request = pb.DeploymentRequest(cluster="dev-gcp", team="my-team")
    request.deadline.FromDatetime(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=30))
    ParseDict({"resources": json.loads(rest[0])}, request.kubernetes)
    answer = stub.Deploy(request, metadata=metadata())
    request.ID = answer.request.ID
    for one in stub.Status(request, metadata=metadata()):
        print(json.dumps([pb.DeploymentState.Name(one.state), one.message]), flush=True)
        if one.state in (pb.success, pb.failure, pb.error):
            break


serve() if mode == "server" else deploy()
