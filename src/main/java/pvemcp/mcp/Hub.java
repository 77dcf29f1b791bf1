package pvemcp.mcp;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Passes changes on to the sessions and subscriptions that are open.
final class Hub implements Changes {
    /// Somebody who may want to know.
    interface Listener {
        /// @param uri the resource of [Topic#UPDATE]; empty for the others
        void changed(Topic topic, String uri);
    }

    enum Topic {
        TOOLS("notifications/tools/list_changed"),
        PROMPTS("notifications/prompts/list_changed"),
        RESOURCES("notifications/resources/list_changed"),
        UPDATE("notifications/resources/updated");

        private final String method;

        Topic(String method) {
            this.method = method;
        }

        String method() {
            return method;
        }

        boolean in(Emits emits) {
            return switch (this) {
                case TOOLS -> emits.tools();
                case PROMPTS -> emits.prompts();
                case RESOURCES -> emits.resources();
                case UPDATE -> emits.updates();
            };
        }
    }

    private final Emits emits;
    private final Lists lists;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    Hub(Emits emits, Lists lists) {
        this.emits = emits;
        this.lists = lists;
    }

    Emits emits() {
        return emits;
    }

    void add(Listener listener) {
        listeners.add(listener);
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public void toolsChanged() {
        tell(Topic.TOOLS, "");
    }

    @Override
    public void promptsChanged() {
        tell(Topic.PROMPTS, "");
    }

    @Override
    public void resourcesChanged() {
        tell(Topic.RESOURCES, "");
    }

    @Override
    public void resourceUpdated(String uri) {
        tell(Topic.UPDATE, uri);
    }

    private void tell(Topic topic, String uri) {
        if (!topic.in(emits)) {
            throw new IllegalStateException("a change of " + topic + " was not promised to clients");
        }
        lists.forget();
        for (var listener : listeners) {
            listener.changed(topic, uri);
        }
    }
}
