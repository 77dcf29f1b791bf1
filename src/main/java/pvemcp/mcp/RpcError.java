package pvemcp.mcp;

import pvemcp.json.Json;

/// The `error` of a JSON-RPC response.
///
/// @param data what a program may want to know; empty: the member is left out
record RpcError(int code, String message, Json.Obj data) {
    // JSON-RPC 2.0, section 5.1
    static final int PARSE = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int METHOD_NOT_FOUND = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int INTERNAL = -32603;

    /// MCP 2025-11-25 and older; must not be sent to a modern client.
    static final int RESOURCE_NOT_FOUND = -32002;

    // MCP 2026-07-28, basic/index, "Error Codes"
    static final int HEADER_MISMATCH = -32020;
    static final int MISSING_CLIENT_CAPABILITY = -32021;
    static final int UNSUPPORTED_VERSION = -32022;

    RpcError(int code, String message) {
        this(code, message, Json.Obj.EMPTY);
    }

    Json.Obj json() {
        var error = Json.obj("code", code, "message", message);
        return data.isEmpty() ? error : error.with("data", data);
    }
}
