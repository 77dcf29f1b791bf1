package pvemcp.tools.guest;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// From a template to a guest that answers, and from a cloud image to a template.
public final class ProvisionTools {
    public static final Toolset PROVISION = Toolset.of(
            "provision",
            "New guests from templates",
            change("pve_guest_provision", """
                    Make a guest from a template, start it and wait for its address.""", GuestProvision.class),
            change("pve_template_build", """
                    Make a VM template with cloud-init from a cloud image on a storage.""", TemplateBuild.class),
            read("pve_inventory_export", """
                    Write an Ansible inventory of guests, grouped by tag, pool and node.""", InventoryExport.class));

    private ProvisionTools() {}
}
