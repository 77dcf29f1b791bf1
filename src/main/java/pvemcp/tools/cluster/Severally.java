package pvemcp.tools.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import pvemcp.json.Json;
import pvemcp.tool.Each;
import pvemcp.view.Clean;
import pvemcp.view.Layout;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// The answer of the one cluster a call is about as it is, or those of several below one another.
record Severally<T>(Each<T> each) implements Shown {
    @Override
    public View view() {
        if (!each.several()) {
            return Layout.view(each.first());
        }
        var parts = new ArrayList<View>();
        each.gaps().forEach(gap -> parts.add(new View.Text("no answer of " + Clean.line(gap))));
        each.answers().forEach((cluster, answer) -> {
            parts.add(new View.Text("\n%s:".formatted(cluster)));
            parts.add(Layout.view(answer));
        });
        return new View.Stack(parts);
    }

    @Override
    public Json data() {
        if (!each.several()) {
            return Layout.data(each.first());
        }
        var answers = new LinkedHashMap<String, Json>();
        each.answers().forEach((cluster, answer) -> answers.put(cluster, Layout.data(answer)));
        return Json.obj("clusters", new Json.Obj(answers), "missing", Json.strings(each.gaps()));
    }
}
