package pvemcp.pve;

/// A call to PVE that did not end as it should; [#fault()] says how. Caught in `dispatch`, elsewhere only by code
/// that
/// can do better than report it.
public final class PveException extends RuntimeException {
    private final transient PveFault fault;

    public PveException(PveFault fault) {
        super(fault.toString());
        this.fault = fault;
    }

    public PveException(PveFault fault, Throwable cause) {
        super(fault.toString(), cause);
        this.fault = fault;
    }

    public PveFault fault() {
        return fault;
    }
}
