using Sluice.Tool;

return await ToolProgram.RunAsync(args, ToolConsole.OfProcess());
