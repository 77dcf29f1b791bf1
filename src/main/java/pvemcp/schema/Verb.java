package pvemcp.schema;

/// The four methods of the PVE API; it answers 501 to any other (PVE::APIServer::AnyEvent).
public enum Verb {
    GET,
    POST,
    PUT,
    DELETE
}
