package pvemcp.tools.inside;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// The inside of guests: programs, files, services, and what the guest says about itself. A VM is entered by its QEMU
/// guest agent or over SSH, a container over SSH to the node that runs it. All that comes out is untrusted.
public final class InsideTools {
    public static final Toolset INSIDE = Toolset.of(
            "inside",
            "Inside guests",
            execute("pve_guest_exec", """
                    Run a program inside a guest and wait for its end. Needs shell=true for pipes and variables.""", Exec.class),
            execute("pve_guest_file_read", """
                    Read a file inside a guest, or a part of it.""", FileRead.class),
            execute("pve_guest_file_write", """
                    Write a whole file inside a guest. Owner and mode stay.""", FileWrite.class),
            execute("pve_guest_file_list", """
                    List a folder inside a guest, or show one file.""", FileList.class),
            execute("pve_guest_service", """
                    Show, start, stop or restart a service inside a guest.""", GuestService.class),
            execute("pve_guest_password", """
                    Set a user's password inside a guest, to a secret the owner keeps in a file.""", GuestPassword.class),
            execute("pve_guest_console", """
                    Open a guest's console for the user, by a ticket in a file on this machine.""", ConsoleTools.GuestConsole.class),
            execute("pve_guest_screenshot", """
                    Show a running VM's display as a picture.""", ConsoleTools.GuestScreenshot.class),
            read("pve_guest_info", """
                    Show a running guest's OS, addresses, file systems, users. VMs need their agent.""", GuestInfo.class),
            operate("pve_guest_agent", """
                    Ask a VM's agent to freeze, thaw or trim file systems, sleep or shut down.""", AgentCall.class));

    private InsideTools() {}
}
