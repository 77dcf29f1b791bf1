package pvemcp.tools.guest;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.PropertyString;
import pvemcp.tool.BadArguments;

/// Values that become part of one of PVE's `key=value,…` options: none of them may bring another key along.
final class Values {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]+");

    /// What PVE takes for `ip` of a network card (pve-ipv4-config, and `manual` of containers).
    private static final Pattern ADDRESS = Pattern.compile("dhcp|manual|\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}");

    private Values() {}

    /// For the constructors of calls: a value of letters, digits and `_.:/-`, and no path of the host.
    ///
    /// @return the value
    /// @throws IllegalArgumentException for anything else
    static String name(String argument, String value) {
        if (!NAME.matcher(value).matches() || value.startsWith("/")) {
            throw new IllegalArgumentException("argument '%s': '%s' is not a plain name".formatted(argument, value));
        }
        return value;
    }

    /// For the constructors of calls: the address of a guest that is about to be made, which is better known to be
    /// wrong before there is half of the guest.
    ///
    /// @throws IllegalArgumentException for anything else
    static void address(String argument, String value) {
        if (!ADDRESS.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "argument '%s': '%s' is neither dhcp nor an IPv4 address with its prefix, such as 192.0.2.7/24"
                            .formatted(argument, value));
        }
    }

    /// For the constructors of calls.
    ///
    /// @throws IllegalArgumentException where the value would not stay one value
    static void plain(String argument, Optional<String> value) {
        value.ifPresent(text -> {
            if (text.isEmpty() || text.indexOf(',') >= 0 || text.indexOf('=') >= 0 || text.startsWith("/")) {
                throw new IllegalArgumentException(
                        "argument '%s': '%s' is empty, has a comma or '=', or is a path of the host"
                                .formatted(argument, text));
            }
        });
    }

    /// For the constructors of calls: a volume of a storage, never a device or file of the host.
    ///
    /// @throws IllegalArgumentException for anything else
    static void volume(String argument, Optional<String> value) {
        plain(argument, value);
        if (value.filter(text -> text.indexOf(':') <= 0).isPresent()) {
            throw new IllegalArgumentException(
                    "argument '%s': '%s' is no volume: write storage:name, as pve_storage_content lists them"
                            .formatted(argument, value.get()));
        }
    }

    /// The parts with these keys set besides; an empty value takes a key away.
    ///
    /// @throws BadArguments for what names a volume, or would not stay one value
    static PropertyString with(PropertyString parts, Json.Obj more) {
        var all = parts;
        for (var entry : more.members().entrySet()) {
            var key = entry.getKey();
            var value = entry.getValue().scalarText().orElse(",");
            if (entry.getValue() instanceof Json.Bool(var flag)) {
                value = flag ? "1" : "0";
            }
            boolean volume = List.of("file", "volume", "import-from").contains(key);
            if (volume || !KEY.matcher(key).matches() || value.indexOf(',') >= 0) {
                throw new BadArguments(List.of("argument 'options': '%s' cannot be set here".formatted(key)));
            }
            all = value.isEmpty() ? all.without(key) : all.with(key, value);
        }
        return all;
    }
}
