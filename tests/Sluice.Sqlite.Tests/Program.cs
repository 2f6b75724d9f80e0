using Sluice;
using Sluice.Contracts;
using Sluice.Tests;

// The tests of this assembly run in the test host. As a program it is another process that owns a job, or runs one.
var store = Checkpoints.Sqlite(args[0]);
return args switch
{
    [var path, "sinks", var job, var folder] => await KilledSinksProgram.RunAsync(store, job, folder, SqliteSinkTests.Tables(path, Path.Combine(folder, "other.db"))),
    [_, var job, var input, var output] => await KilledJobProgram.RunAsync(store, job, input, output),
    _ => await StoreOwnerProgram.RunAsync(store, args[1]),
};
