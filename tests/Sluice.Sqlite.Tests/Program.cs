using Sluice;
using Sluice.Contracts;

// The tests of this assembly run in the test host. As a program it is another process that owns a job, or runs one.
var store = Checkpoints.Sqlite(args[0]);
return args is [_, var job, var input, var output] ? await KilledJobProgram.RunAsync(store, job, input, output) : await StoreOwnerProgram.RunAsync(store, args[1]);
