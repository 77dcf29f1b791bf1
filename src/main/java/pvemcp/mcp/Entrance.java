package pvemcp.mcp;

import java.util.List;
import java.util.Optional;

/// Who may come in over HTTP, and what each of them finds there. Safe for several threads.
public interface Entrance {
    /// @param principal as policy and the audit log name them
    /// @param server the server with what this principal may see and do
    record Visitor(String principal, McpServer server) {}

    /// What becomes of somebody at the door.
    sealed interface Admission {
        record Welcome(Visitor visitor) implements Admission {}

        /// The token is nobody's, or nobody's any more.
        record Unknown(String why) implements Admission {}

        /// Somebody who is known and may not come in.
        ///
        /// @param scopes with which they could; empty: no token gets them further
        record Forbidden(String why, List<String> scopes) implements Admission {
            public Forbidden {
                scopes = List.copyOf(scopes);
            }
        }

        /// Nobody can tell at the moment.
        record Unsure(String why) implements Admission {}
    }

    /// Whether anybody may come in without a token.
    boolean open();

    /// Lets somebody in, or says why not.
    ///
    /// @param token what followed `Bearer` in the request; empty where nothing did
    Admission admit(Optional<String> token);

    /// Where clients get tokens; empty where an owner hands them out.
    default Optional<ProtectedResource> resource() {
        return Optional.empty();
    }

    /// The scopes with which a visitor would be shown a tool that they are not shown; empty where none helps.
    default List<String> scopesFor(Visitor visitor, String tool) {
        return List.of();
    }

    /// One server for whoever can reach the port.
    static Entrance open(McpServer server) {
        var anybody = new Admission.Welcome(new Visitor("http", server));
        return new Entrance() {
            @Override
            public boolean open() {
                return true;
            }

            @Override
            public Admission admit(Optional<String> token) {
                return anybody;
            }
        };
    }
}
