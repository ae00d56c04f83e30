package io.kidreaper.linux.process;

/**
 * Whose rights a worker has.
 *
 * @param userId 0 or above
 * @param groupId 0 or above
 * @param groupsOfUser whether the user's supplementary groups are taken too; a bare number without
 *     a name has none
 */
public record RunAs(int userId, int groupId, boolean groupsOfUser) {}
