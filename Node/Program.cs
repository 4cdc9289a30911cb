Console.WriteLine("neurochain");
