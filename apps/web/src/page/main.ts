import { mount } from 'svelte';
import App from './App.svelte';
import { Chat } from './chat/chat.svelte';
import { Stored } from './chat/stored';
import './page.css';

const target = document.getElementById('page');
if (target !== null) mount(App, { target, props: { chat: new Chat(new Stored(localStorage)) } });
