package pvemcp.config;

import java.util.List;
import java.util.Optional;

/// A caller over HTTP with credentials of their own at Proxmox VE.
///
/// @param name as an entrance tells it: the name of a static token, or `oauth:` and the subject of an access token
/// @param clusters those they have credentials for, as they are to be entered
public record Principal(String name, List<ClusterSettings> clusters) {
    public Principal {
        clusters = List.copyOf(clusters);
    }

    /// The cluster of this name as they enter it.
    public Optional<ClusterSettings> cluster(String cluster) {
        return clusters.stream()
                .filter(settings -> settings.name().equals(cluster))
                .findFirst();
    }
}
