//go:build unix

package service

import kardianos "github.com/kardianos/service"

func (p *program) hosted() kardianos.Interface { return p }

func (p *program) under(s kardianos.Service) error { return s.Run() }

// ensureFolder has nothing to do: the folders of the system are root's.
func ensureFolder() error { return nil }
