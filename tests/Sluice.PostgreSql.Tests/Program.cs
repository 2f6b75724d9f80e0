using Sluice;
using Sluice.Contracts;
using Sluice.Durable;

// The tests of this assembly run in the test host. As a program it is another process that owns a job.
var address = args[0].Split('|');
return await StoreOwnerProgram.RunAsync(Checkpoints.PostgreSql(address[0], new PostgreSqlStoreOptions { Schema = address[1] }), args[1]);
