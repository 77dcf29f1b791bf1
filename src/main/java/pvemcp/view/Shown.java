package pvemcp.view;

import pvemcp.json.Json;

/// An answer that knows better than [Layout] how it is read.
public interface Shown {
    View view();

    Json data();
}
