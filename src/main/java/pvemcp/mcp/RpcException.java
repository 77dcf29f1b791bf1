package pvemcp.mcp;

import pvemcp.json.Json;

/// A request that ends in a JSON-RPC error: the caller broke the protocol, or asked for what is not there.
///
/// What a tool could not do is not one of these; it is a result the model can read and act on.
final class RpcException extends RuntimeException {
    private final transient RpcError error;

    RpcException(RpcError error) {
        super(error.message());
        this.error = error;
    }

    static RpcException invalidParams(String message) {
        return new RpcException(new RpcError(RpcError.INVALID_PARAMS, message));
    }

    static RpcException unknownMethod(String method) {
        return new RpcException(new RpcError(RpcError.METHOD_NOT_FOUND, "Method not found: " + Text.brief(method)));
    }

    static RpcException noSuchResource(Revision revision, String uri) {
        int code = revision.modern() ? RpcError.INVALID_PARAMS : RpcError.RESOURCE_NOT_FOUND;
        return new RpcException(new RpcError(code, "Resource not found", Json.obj("uri", uri)));
    }

    RpcError error() {
        return error;
    }
}
