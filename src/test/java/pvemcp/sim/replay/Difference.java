package pvemcp.sim.replay;

/// One way in which the simulator answered otherwise than the real PVE.
///
/// @param where the place in the answer, such as `status`, `message` or `data[vmid=120].lock`
/// @param what what was recorded and what came
record Difference(Exchange exchange, String where, String what) {
    @Override
    public String toString() {
        return "%s%n      %s: %s".formatted(exchange, where, what);
    }
}
