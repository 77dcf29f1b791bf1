package pvemcp.sim.api;

import pvemcp.schema.ApiSchema;

/// Everything that is simulated, part by part.
public final class AllRoutes {
    private AllRoutes() {}

    public static Routes of(ApiSchema schema) {
        var routes = new Routes(schema);
        VersionApi.add(routes);
        LoginApi.add(routes);
        UsersApi.add(routes);
        RightsApi.add(routes);
        RealmsApi.add(routes);
        RealmSyncApi.add(routes);
        TasksApi.add(routes);
        ResourcesApi.add(routes);
        ClusterApi.add(routes);
        PoolsApi.add(routes);
        NodesApi.add(routes);
        NetworkApi.add(routes);
        HardwareApi.add(routes);
        DiskSetupApi.add(routes);
        UpkeepApi.add(routes);
        CorosyncApi.add(routes);
        HaApi.add(routes);
        HaManager.add(routes);
        JobsApi.add(routes);
        MappingApi.add(routes);
        MetricServerApi.add(routes);
        CpuModelApi.add(routes);
        QemuApi.add(routes);
        QemuPower.add(routes);
        LxcApi.add(routes);
        LxcPower.add(routes);
        SnapshotApi.add(routes);
        DiskApi.add(routes);
        CloneApi.add(routes);
        MigrateApi.add(routes);
        BackupApi.add(routes);
        ReplicationApi.add(routes);
        CloudInitApi.add(routes);
        AgentApi.add(routes);
        FirewallApi.add(routes);
        SdnApi.add(routes);
        CephApi.add(routes);
        NotificationsApi.add(routes);
        AcmeApi.add(routes);
        CertificatesApi.add(routes);
        BulkApi.add(routes);
        ConsoleApi.add(routes);
        StorageApi.add(routes);
        NodeStorageApi.add(routes);
        FileRestoreApi.add(routes);
        ScanApi.add(routes);
        RrdApi.add(routes);
        IndexApi.add(routes, schema);
        return routes;
    }
}
