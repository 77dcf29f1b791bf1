package pvemcp.tools.guest;

import java.util.List;

/// How far a guest or template has come.
///
/// @param outcome `ready`, `made`, `started, no address yet` or `still running`
/// @param next what is left to do; empty where nothing is
record Provisioned(String outcome, String guest, String address, List<String> done, String next) {}
