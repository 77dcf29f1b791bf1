package pvemcp.sim.state;

/// What can be saved and loaded, field by field.
public interface HasFields {
    /// Names all that has to be kept, for both ways.
    void fields(Fields fields);
}
