// Every network is some processes on the same cores, and what is waited for has a deadline: one network at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
