import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Feed } from './data/feed';
import './style.css';
import { App } from './view/App';
import { restore } from './view/settings';

restore();
const feed = new Feed(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/ws`);
feed.open();
addEventListener('online', () => feed.nudge());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') feed.nudge();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App feed={feed} />
  </StrictMode>,
);
