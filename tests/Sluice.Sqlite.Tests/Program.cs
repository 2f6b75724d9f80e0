using Sluice;
using Sluice.Contracts;

// The tests of this assembly run in the test host. As a program it is another process that owns a job.
return await StoreOwnerProgram.RunAsync(Checkpoints.Sqlite(args[0]), args[1]);
