package pvemcp.pve;

/// The four methods of the PVE API.
public enum Verb {
    GET,
    POST,
    PUT,
    DELETE
}
