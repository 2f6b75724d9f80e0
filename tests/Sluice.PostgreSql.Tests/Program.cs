using Sluice;
using Sluice.Contracts;
using Sluice.Durable;

// The tests of this assembly run in the test host. As a program it is another process that owns a job, or runs one.
var address = args[0].Split('|');
var store = Checkpoints.PostgreSql(address[0], new PostgreSqlStoreOptions { Schema = address[1] });
return args is [_, var job, var input, var output] ? await KilledJobProgram.RunAsync(store, job, input, output) : await StoreOwnerProgram.RunAsync(store, args[1]);
