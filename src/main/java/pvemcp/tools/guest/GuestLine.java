package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource;
import pvemcp.text.Wildcards;
import pvemcp.view.Clean;

/// A guest in a list. Load and uptime are there for running guests only: the zeros PVE has for others mean nothing.
record GuestLine(
        int id,
        String name,
        GuestKind kind,
        String status,
        String node,
        Optional<Percent> cpu,
        Optional<Long> cores,
        Optional<Bytes> mem,
        Optional<Bytes> maxMem,
        Optional<Bytes> maxDisk,
        Optional<Duration> uptime,
        List<String> tags,
        String pool,
        String lock,
        String ha,
        boolean template) {
    static GuestLine of(Resource.GuestRow row) {
        boolean on = row.status().equals("running");
        return new GuestLine(
                row.vmid(),
                Clean.name(row.name()),
                row.kind(),
                Clean.name(row.status().isEmpty() ? "unknown" : row.status()),
                row.node(),
                row.cpu().filter(_ -> on).map(GuestLine::whole),
                row.cores().map(Double::longValue),
                row.memory().filter(_ -> on).map(GuestLine::whole),
                row.maxMemory(),
                row.maxDisk(),
                row.uptime().filter(_ -> on),
                row.tags().stream().map(Clean::name).toList(),
                Clean.name(row.pool()),
                Clean.name(row.lock()),
                Clean.name(row.haState()),
                row.template());
    }

    /// A load that changes every second needs no decimals, and each costs a token a row.
    private static Percent whole(Percent exact) {
        return Percent.rounded(exact.fraction());
    }

    private static Bytes whole(Bytes exact) {
        return Bytes.ofMebi(Math.round(exact.count() / (double) (1 << 20)));
    }

    /// @param lowerCase a part of the name, of a tag or of the beginning of the id; or a pattern such as `prod-*`
    boolean matches(String lowerCase) {
        if (lowerCase.indexOf('*') >= 0 || lowerCase.indexOf('?') >= 0) {
            return Wildcards.matches(lowerCase, name)
                    || Wildcards.matches(lowerCase, Integer.toString(id))
                    || tags.stream().anyMatch(tag -> Wildcards.matches(lowerCase, tag));
        }
        return name.toLowerCase(Locale.ROOT).contains(lowerCase)
                || Integer.toString(id).startsWith(lowerCase)
                || tags.stream().anyMatch(tag -> tag.toLowerCase(Locale.ROOT).contains(lowerCase));
    }
}
