package pvemcp.pve;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/// Paths out of any text: refused, or nothing but the path they seem to be.
public final class FuzzedPaths {
    private static final Pattern SEGMENT = Pattern.compile("/nodes/([A-Za-z0-9._~%-]+)/config");

    private FuzzedPaths() {}

    public static void take(String text) {
        try {
            ApiPath.check(text);
            judge(text);
        } catch (PveException _) {
            // Said as promised.
        }
        try {
            var path = ApiPath.of("/nodes/{node}/config", text);
            require(SEGMENT.matcher(path).matches(), path);
            judge(path);
        } catch (PveException _) {
            // The same.
        }
    }

    private static void judge(String path) {
        var uri = URI.create("https://pve.example:8006/api2/json" + path);
        require("pve.example".equals(uri.getHost()), path);
        require(uri.getQuery() == null && uri.getFragment() == null && uri.getUserInfo() == null, path);
        require(uri.getRawPath().equals("/api2/json" + path), path);
        require(List.of(uri.getPath().split("/", -1)).stream().noneMatch(part -> part.equals("..")), path);
    }

    private static void require(boolean holds, String path) {
        if (!holds) {
            throw new IllegalStateException("not the path it seems to be: " + path);
        }
    }
}
