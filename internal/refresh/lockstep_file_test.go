package refresh_test

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// file is the table of section 3.
func (m *lockstep) file(folder mobileapps.Folder, key session.Key) {
	f := m.at(key)
	var c mobileapps.Content
	err := fs.ErrNotExist
	if folder != nil {
		c, err = folder.Read(key.ID)
	}
	absent := errors.Is(err, fs.ErrNotExist)
	if !absent {
		m.counts.Checked++
	}
	data := string(c.Data)
	well := err == nil && c.Stable && isValid(data)
	held := f.reason == session.ReasonManyGone
	if m.holding && err == nil && (!f.there || held && well) {
		m.brake.cameBack = m.now.Mono
	}
	f.there = !absent
	opens := m.req.Admit && m.asksFor(key)
	follow := m.follow && m.now.Mono >= m.followFrom
	admits := !m.taking && (follow || m.startup || m.folderRight || opens || f.right > m.now.Mono)
	keepsRight := false

	switch {
	case absent && f.memory == nil && f.right <= m.now.Mono:
		m.gone(f, key)
	case absent:
		agreed := !m.taking && held && f.looks.what == "absent"
		if m.seenBad(f, key); !agreed && !m.agree(f, "absent", m.nearest) {
			m.unsettled(f, session.ReasonInMotion, "")
		} else {
			m.remove(f, key, candidate{f, key, nil})
		}
	case err != nil:
		m.unsettled(f, session.ReasonUnreadable, session.NewFileProblem(key, err).String())
		m.errors[key] = f.fault
	case !c.Stable:
		f.looks.what = ""
		m.unsettled(f, session.ReasonInMotion, "")
	case well:
		switch {
		case f.memory != nil && *f.memory == data:
			m.counts.Unchanged++
		case f.memory != nil:
			m.counts.Updated++
			m.changes[key] = session.Change{Session: key, Action: session.ActionUpdated}
			f.memory = &data
		case admits:
			m.counts.Admitted++
			m.changes[key] = session.Change{Session: key, Action: session.ActionAdmitted}
			f.memory = &data
		default:
			m.counts.NotInMemory++
			keepsRight = m.taking
		}
		right := f.right
		m.judged(f, "")
		f.idle, f.rejected = f.memory == nil, nil
		if keepsRight {
			f.right = right
		}
	case f.rejected != nil && *f.rejected == c.Signature:
		m.reject(f, key, &c)
	default:
		if m.seenBad(f, key); !m.agree(f, "invalid", c.Signature) {
			m.unsettled(f, session.ReasonInMotion, "")
		} else {
			m.remove(f, key, candidate{f, key, &c})
		}
	}

	// A right to be admitted is kept by what cannot be judged while it could be
	// admitted: from start-up for good, from a request while it is answered.
	switch {
	case keepsRight:
	case f.reason == "":
		f.right = 0
	case m.startup || m.folderRight:
		f.right = always
	case f.reason == session.ReasonInMotion && opens:
		f.right = max(f.right, m.now.Mono+refresh.AnswerLimit)
	case f.reason == session.ReasonUnreadable && f.right != always:
		f.right = 0
	}
}

// seenBad takes a look that found a file absent or invalid: such a look marks what
// somebody asked for, and that of a pass that takes a mount is the first of two.
func (m *lockstep) seenBad(f *known, key session.Key) {
	if m.taking {
		f.looks.what = ""
		return
	}
	f.marked = f.marked || f.memory != nil && isAsked(m.req.Trigger) && m.asksFor(key)
}

// isAsked reports whether somebody asked for a pass.
func isAsked(by session.Trigger) bool {
	return slices.Contains([]session.Trigger{
		session.TriggerStartup, session.TriggerSocket, session.TriggerSignal, session.TriggerOpen, session.TriggerEdit,
	}, by)
}

func (m *lockstep) gone(f *known, key session.Key) {
	m.judged(f, "")
	f.idle, f.rejected = false, nil
	if f.memory != nil {
		m.forget(f, key, session.RemovedDeleted)
	}
}

func (m *lockstep) reject(f *known, key session.Key, c *mobileapps.Content) {
	m.counts.Rejected++
	_, problem := judge{}.Judge(key, c.Data)
	m.judged(f, problem.String())
	m.errors[key] = f.problem
	f.idle, f.rejected = false, &c.Signature
	if f.memory != nil {
		m.forget(f, key, session.RemovedInvalid)
	}
}

func (m *lockstep) forget(f *known, key session.Key, reason string) {
	f.memory = nil
	m.counts.Removed++
	m.changes[key] = session.Change{Session: key, Action: session.ActionRemoved, Reason: reason}
}

// agree takes a look that an invalid or deleted verdict needs two of (section 4).
func (m *lockstep) agree(f *known, what string, sig mobileapps.Signature) bool {
	l, now := &f.looks, m.now.Mono
	if l.what != what || what == "invalid" && l.sig != sig {
		l.what, l.sig, l.first, l.since, l.n = what, sig, now, now, 0
	}
	l.n++
	if l.sig != sig {
		l.sig, l.first = sig, now
	}
	return l.n > 1 && now-l.first >= settle || what == "absent" && l.n >= 8 && now-l.since >= 2*time.Second
}

// cannotJudge keeps everything at and beneath a key: it is one entry that
// stands for all of them.
func (m *lockstep) cannotJudge(key session.Key, err error) {
	for beneath, f := range m.keys {
		if beneath != key && (key.IsRoot() || beneath.App == key.App) {
			f.there = f.there || f.reason != "" // for all that is known
			f.reason, f.fault, f.looks.what = "", "", ""
			if f.right != always {
				f.right = 0
			}
		}
	}
	f := m.at(key)
	m.unsettled(f, session.ReasonUnreadable, session.NewFileProblem(key, err).String())
	m.errors[key] = f.fault
}

func (m *lockstep) unsettled(f *known, reason, fault string) {
	if f.reason == session.ReasonManyGone && reason == session.ReasonInMotion && !f.marked {
		reason = f.reason // until it is well or its removal counts
	}
	if f.reason != reason {
		f.reason, f.since = reason, m.now.Wall
	}
	if f.fault = fault; fault != "" {
		f.looks.what = ""
	}
}

func (m *lockstep) judged(f *known, problem string) {
	f.reason, f.fault, f.looks.what, f.problem, f.right, f.marked = "", "", "", problem, 0, false
}
