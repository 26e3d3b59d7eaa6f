package fakecloud

// seed makes the projects and people of the believable month.
func (k *identity) seed() {
	c := k.cloud
	for _, p := range [][2]string{
		{"web-shop", "The shop: web servers and what scales with them"},
		{"genomics", "Sequencing campaigns"},
		{"ml-training", "Model training on GPUs"},
		{"ci-runners", "Build machines, one a job"},
		{"staging", "Where releases are tried"},
		{"data-lake", "Storage nodes"},
		{"sandbox", "Nobody has used this yet"},
	} {
		c.AddProject(Project{Name: p[0], Description: p[1]})
	}
	grant := func(project, role string) map[string][]string {
		return map[string][]string{c.ProjectID(project): {role}}
	}
	admin := c.AddUser(User{Name: "admin", Roles: grant("admin", "admin"), SystemRoles: []string{"admin"}})
	demo := c.AddUser(User{Name: "demo", Roles: grant("web-shop", "member")})
	c.AddUser(User{Name: "demo2", Roles: grant("genomics", "member")})
	c.AddUser(User{Name: "auditor", Roles: grant("web-shop", "reader")})
	c.AddUser(User{Name: "noproject"})
	for _, a := range []ApplicationCredential{
		{Name: "admin-appcred", UserID: admin, ProjectID: c.ProjectID("admin")},
		{Name: "demo-appcred", UserID: demo, ProjectID: c.ProjectID("web-shop")},
	} {
		a.Secret = a.Name + "-secret"
		c.AddApplicationCredential(a)
	}
}
