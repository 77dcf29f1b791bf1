package pvemcp.mcp;

import java.util.Optional;

/// Who may come in over HTTP, and what each of them finds there. Safe for several threads.
public interface Entrance {
    /// @param principal as policy and the audit log name them
    /// @param server the server with what this principal may see and do
    record Visitor(String principal, McpServer server) {}

    /// Whether anybody may come in without a token.
    boolean open();

    /// Lets somebody in; empty where the token is nobody's.
    ///
    /// @param token what followed `Bearer` in the request; empty where nothing did
    Optional<Visitor> admit(Optional<String> token);

    /// One server for whoever can reach the port.
    static Entrance open(McpServer server) {
        var anybody = Optional.of(new Visitor("http", server));
        return new Entrance() {
            @Override
            public boolean open() {
                return true;
            }

            @Override
            public Optional<Visitor> admit(Optional<String> token) {
                return anybody;
            }
        };
    }
}
