module github.com/gophermeter/gophermeter/examples

go 1.26.0

require (
	github.com/gophermeter/gophermeter v0.0.0-00010101000000-000000000000
	github.com/rogpeppe/go-internal v1.16.0
	github.com/shopspring/decimal v1.6.0
)

require (
	github.com/go-json-experiment/json v1.27.2 // indirect
	github.com/gophercloud/gophercloud/v2 v2.15.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
	gopkg.in/yaml.v2 v2.4.0 // indirect
)

replace github.com/gophermeter/gophermeter => ../
