package pvemcp.gate;

/// Guest ids as an owner writes them: `100` or `100-199`.
final class Ranges {
    private Ranges() {}

    static boolean contains(String range, String vmid) {
        if (vmid.equals(Target.NEW.id())) {
            return false;
        }
        int dash = range.indexOf('-');
        long id = Long.parseLong(vmid);
        long first = Long.parseLong(dash < 0 ? range : range.substring(0, dash));
        long last = dash < 0 ? first : Long.parseLong(range.substring(dash + 1));
        return first <= id && id <= last;
    }
}
