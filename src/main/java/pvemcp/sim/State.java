package pvemcp.sim;

import java.time.Instant;
import pvemcp.json.Json;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.HasFields;
import pvemcp.sim.task.SimTasks;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Cluster;

/// All that a simulator would lose when it ends: the cluster, its tasks, the token that was handed out, and the
/// moment it is at. Mutable; the simulator's lock guards it.
final class State implements HasFields {
    final SimTime time;
    final Cluster cluster;
    final SimTasks tasks;
    private Credentials token = new Credentials("", "");
    private Instant moment;

    private State(SimTime time, Cluster cluster) {
        this.time = time;
        this.cluster = cluster;
        tasks = new SimTasks(time);
        moment = time.now();
    }

    /// A new one, as the scenario has it.
    static State begin(Scenario scenario, SimTime time, long seed) {
        var world = new State(time, new Cluster(time, seed));
        world.token = scenario.seed(world.cluster);
        world.tasks.recall(world.cluster.history);
        return world;
    }

    /// One that was saved; its clock is at the moment it was saved at.
    ///
    /// @throws IllegalArgumentException where that is no world
    static State fromJson(Json.Obj saved, SimTime time) {
        var world = new State(time, new Cluster(time, 0));
        world.fields(Fields.loading(saved));
        time.restart(world.moment);
        return world;
    }

    /// The world as it is. Only while nothing is under way: a step of a task that is still to come is code, which has
    /// no form in JSON ([Journal] knows a way around that).
    Json.Obj toJson() {
        if (!time.isQuiet()) {
            throw new IllegalStateException("something is under way");
        }
        moment = time.now();
        var fields = Fields.saving();
        fields(fields);
        return fields.json();
    }

    Credentials token() {
        return token;
    }

    @Override
    public void fields(Fields fields) {
        moment = fields.moment("moment", moment);
        token = fields.value("token", token, Credentials.FORM);
        fields.within("cluster", cluster);
        fields.within("tasks", tasks);
    }
}
