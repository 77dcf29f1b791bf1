package pvemcp.tools.common;

import pvemcp.pve.Verb;

/// What is done to a thing that has a name in one of PVE's lists.
public enum Alteration {
    CREATE(Verb.POST),
    CHANGE(Verb.PUT),
    DELETE(Verb.DELETE);

    private final Verb verb;

    Alteration(Verb verb) {
        this.verb = verb;
    }

    /// As most lists of PVE take it: made with POST on the list, changed and deleted on the thing itself.
    public Verb verb() {
        return verb;
    }
}
